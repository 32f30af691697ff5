import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A new secret of 256 bits, as text. */
export function newSecret(): string {
  return randomBytes(32).toString('hex')
}

/** Compares two secrets by their digests, so that the time taken reveals neither length nor content of the secret. */
export function sameSecret(theirs: string, ours: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(theirs), digest(ours))
}
