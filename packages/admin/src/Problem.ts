/**
 * What the API answers when it can't do what was asked: problem details (RFC 9457), told apart by their `type`.
 */
import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"

/**
 * No token came with the request, or one that is not known, has expired or was revoked.
 *
 * @category errors
 */
export class Unauthorized extends HttpApiError.Problem<Unauthorized>()("Unauthorized", {
  type: "urn:usher:problem:unauthorized",
  status: 401,
  title: "Unauthorized"
}) {}

/**
 * The token may not do this, or the request could have been sent by another site on behalf of the page's user.
 *
 * @category errors
 */
export class Forbidden extends HttpApiError.Problem<Forbidden>()("Forbidden", {
  type: "urn:usher:problem:forbidden",
  status: 403,
  title: "Forbidden"
}) {}

/**
 * Nothing has this id or name.
 *
 * @category errors
 */
export class NotFound extends HttpApiError.Problem<NotFound>()("NotFound", {
  type: "urn:usher:problem:not-found",
  status: 404,
  title: "Not found"
}) {}

/**
 * It is not possible as things stand; the detail says what stands in its way.
 *
 * @category errors
 */
export class Conflict extends HttpApiError.Problem<Conflict>()("Conflict", {
  type: "urn:usher:problem:conflict",
  status: 409,
  title: "Conflict"
}) {}

/**
 * What was sent can be read, but is wrong: expressions that don't compile, a configuration with problems. Each of them
 * is a sentence with its place.
 *
 * @category errors
 */
export class Invalid extends HttpApiError.Problem<Invalid>()(
  "Invalid",
  { type: "urn:usher:problem:invalid", status: 422, title: "Invalid" },
  {
    /** What is wrong, a sentence each. */
    problems: Schema.Array(Schema.String)
  }
) {}

/**
 * The text names nobody who can be forgotten: it is a part of an address or of an id, a placeholder, or it names several people.
 *
 * @category errors
 */
export class NotAPerson extends HttpApiError.Problem<NotAPerson>()("NotAPerson", {
  type: "urn:usher:problem:not-a-person",
  status: 400,
  title: "Not a person"
}) {}

/**
 * The body has to be JSON and to say so.
 *
 * @category errors
 */
export class UnsupportedMediaType extends HttpApiError.Problem<UnsupportedMediaType>()(
  "UnsupportedMediaType",
  { type: "urn:usher:problem:unsupported-media-type", status: 415, title: "Unsupported media type" }
) {}

/**
 * Too many failed sign-ins.
 *
 * @category errors
 */
export class TooMany extends HttpApiError.Problem<TooMany>()(
  "TooMany",
  { type: "urn:usher:problem:too-many", status: 429, title: "Too many requests" },
  {
    /** In how many seconds to try again. */
    retryAfter: Schema.Int
  }
) {}

/**
 * The database can't be used now. Try again.
 *
 * @category errors
 */
export class Unavailable extends HttpApiError.Problem<Unavailable>()("Unavailable", {
  type: "urn:usher:problem:unavailable",
  status: 503,
  title: "Unavailable"
}) {}
