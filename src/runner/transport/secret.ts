import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A new secret of 256 bits, as text. */
export function newSecret(): string {
  return randomBytes(32).toString('hex')
}

/** Compares digests, so that neither the time taken nor the length tells anything about the secret. */
export function sameSecret(theirs: string, ours: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(theirs), digest(ours))
}
