/**
 * Strict requests: an unknown key is an error, because a misspelled filter would select everything.
 */
import type { SchemaAST } from "effect"
import { HttpApiMiddleware } from "effect/http-api"

/**
 * How the API parses bodies and query parameters.
 *
 * @category options
 */
export const parseOptions: SchemaAST.ParseOptions = { onExcessProperty: "error" }

/**
 * Refuses query parameters and bodies that the endpoint does not take. Add it before `Authorization`, which then runs
 * first.
 *
 * @category middleware
 */
export class Exact extends HttpApiMiddleware.Service<Exact>()("@usher/admin/Exact") {}
