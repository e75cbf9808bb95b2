/** The tests look at the page as it is built. */
import { ensure } from "../build/ensure.ts"

export const setup = ensure
