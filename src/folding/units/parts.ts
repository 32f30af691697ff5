import { selectUnits, unitsOfSize, type UnitSelection } from '../../saturation/units/selectUnits.ts'
import type { RecipeGroup } from '../recipe.ts'

/** What a consumer of a group takes. */
export interface Taken {
  /** Units of the group that it takes, ascending. */
  readonly units: readonly number[]
  /** [units × units] of what reaches it. */
  readonly covariance: Float64Array
}

/**
 * Number of parts of a group that have to stay equally wide, as the directions of a recurrent layer; 1 where one of the
 * widths cannot be divided so.
 */
export function partsOf({ width, multiple }: Pick<RecipeGroup, 'width' | 'multiple'>, newWidth = width): number {
  return width % multiple === 0 && newWidth % multiple === 0 ? multiple : 1
}

/** The orders in which the parts of a group lose their units: `order` and `explained` are of one part. */
export class PartSelection {
  readonly #parts: readonly UnitSelection[]
  readonly #size: number

  /** @param taken by consumer of the group; each has a say in the parts that it takes */
  constructor({ width }: Pick<RecipeGroup, 'width'>, parts: number, taken: readonly Taken[]) {
    this.#size = width / parts
    this.#parts = Array.from({ length: parts }, (_, part) => {
      const covariances = taken.flatMap((each) => covarianceOfPart(each, part * this.#size, this.#size) ?? [])
      return covariances.length > 0 ? selectUnits(covariances) : { order: [], explained: new Float64Array(0) }
    })
  }

  /** The units of a width, ascending: equally many of each part. @throws RangeError when there are not so many */
  unitsOfSize(width: number): number[] {
    const each = width / this.#parts.length
    return this.#parts.flatMap(({ order }, part) =>
      unitsOfSize(order, each, this.#size).map((unit) => part * this.#size + unit),
    )
  }

  /** The least width whose units explain this share of each part's variance; the whole width where only all units do. */
  widthOfShare(share: number): number {
    const widths = this.#parts.map(({ explained }) => {
      const enough = explained.findIndex((each) => each >= share)
      return enough < 0 ? Math.max(1, share < 1 ? explained.length : this.#size) : enough + 1
    })
    return this.#parts.length * Math.max(...widths)
  }
}

/** The covariance of the units of one part; null where the consumer takes none of them. */
function covarianceOfPart({ units, covariance }: Taken, from: number, size: number): Float64Array | null {
  const at = units.flatMap((unit, place) => (unit >= from && unit < from + size ? [place] : []))
  if (at.length === units.length) return covariance
  if (at.length === 0) return null
  return Float64Array.from({ length: at.length ** 2 }, (_, i) => {
    const [row, column] = [at[Math.floor(i / at.length)]!, at[i % at.length]!]
    return covariance[row * units.length + column]!
  })
}
