/**
 * The errors of the API: problem details (RFC 9457), distinguished by `type`.
 */
import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"

/**
 * The request has no token, or its token is unknown, expired or revoked.
 *
 * @category errors
 */
export class Unauthorized extends HttpApiError.Problem<Unauthorized>()("Unauthorized", {
  type: "urn:usher:problem:unauthorized",
  status: 401,
  title: "Unauthorized"
}) {}

/**
 * The token does not allow the request, or another site may have sent it on behalf of the dashboard's user.
 *
 * @category errors
 */
export class Forbidden extends HttpApiError.Problem<Forbidden>()("Forbidden", {
  type: "urn:usher:problem:forbidden",
  status: 403,
  title: "Forbidden"
}) {}

/**
 * No resource has this id or name.
 *
 * @category errors
 */
export class NotFound extends HttpApiError.Problem<NotFound>()("NotFound", {
  type: "urn:usher:problem:not-found",
  status: 404,
  title: "Not found"
}) {}

/**
 * The request conflicts with the current state, which the detail describes.
 *
 * @category errors
 */
export class Conflict extends HttpApiError.Problem<Conflict>()("Conflict", {
  type: "urn:usher:problem:conflict",
  status: 409,
  title: "Conflict"
}) {}

/**
 * The request is well-formed but invalid, such as expressions that don't compile or a configuration with problems.
 *
 * @category errors
 */
export class Invalid extends HttpApiError.Problem<Invalid>()(
  "Invalid",
  { type: "urn:usher:problem:invalid", status: 422, title: "Invalid" },
  {
    /** One sentence for each problem, with its place. */
    problems: Schema.Array(Schema.String)
  }
) {}

/**
 * The text does not name one person: it is part of an address or an id, a placeholder, or several people.
 *
 * @category errors
 */
export class NotAPerson extends HttpApiError.Problem<NotAPerson>()("NotAPerson", {
  type: "urn:usher:problem:not-a-person",
  status: 400,
  title: "Not a person"
}) {}

/**
 * The body is not declared as JSON.
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
    /** The seconds to wait before the next attempt. */
    retryAfter: Schema.Int
  }
) {}

/**
 * The database is unavailable. Try again.
 *
 * @category errors
 */
export class Unavailable extends HttpApiError.Problem<Unavailable>()("Unavailable", {
  type: "urn:usher:problem:unavailable",
  status: 503,
  title: "Unavailable"
}) {}
