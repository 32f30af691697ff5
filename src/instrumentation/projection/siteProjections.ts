import type { ProjectionBasis } from '../../protocol/trials/projection.ts'
import type { AffineMap } from '../../saturation/units/affineMap.ts'
import { Eigenspaces } from '../../saturation/units/eigenspaces.ts'
import { aboutZero, type Moments } from '../../saturation/units/moments.ts'
import { randomProjection } from '../../saturation/units/projections.ts'

/** Seed of the random directions. */
const SEED = 1

/** The projections of one layer's output. Eigenvectors are found once for each basis, a map once for each rank. */
export class SiteProjections {
  readonly #moments: Moments
  readonly #spaces = new Map<'eigenspace' | 'uncentred', Eigenspaces>()
  #latest: { key: string; map: AffineMap } | null = null

  constructor(moments: Moments) {
    this.#moments = moments
  }

  /** k of a delta; of a random basis that of the eigenspace. */
  dimension(basis: ProjectionBasis, delta: number): number {
    return delta === 1 ? this.#moments.mean.length : this.#spacesOf(basis).dimension(delta)
  }

  /** The projection of a delta. With a delta of 1 it is the identity. */
  projection(basis: ProjectionBasis, delta: number): AffineMap {
    const k = this.dimension(basis, delta)
    const key = `${basis} ${k}`
    if (this.#latest?.key !== key) {
      const { mean } = this.#moments
      const map = basis === 'random' ? randomProjection(mean, k, SEED) : this.#spacesOf(basis).projection(delta)
      this.#latest = { key, map }
    }
    return this.#latest.map
  }

  #spacesOf(basis: ProjectionBasis): Eigenspaces {
    const kind = basis === 'uncentred' ? 'uncentred' : 'eigenspace'
    let spaces = this.#spaces.get(kind)
    if (!spaces) {
      spaces = new Eigenspaces(kind === 'uncentred' ? aboutZero(this.#moments) : this.#moments)
      this.#spaces.set(kind, spaces)
    }
    return spaces
  }
}
