/** The tests use the built page. */
import { ensure } from "../build/ensure.ts"

export const setup = ensure
