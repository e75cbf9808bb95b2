/** Marks the errors of this package after which the same call may succeed: a program's own errors may have their tags. */
export const retryable: unique symbol = Symbol.for("@usher/core/retryable")
