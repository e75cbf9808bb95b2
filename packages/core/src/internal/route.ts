/** Fills path templates such as `/v1/groups/{groupId}/spotMembers`. */

/** No dot segment, which would leave the path even if escaped, and no lone surrogate, which can't be escaped. */
const isSegment = (value: unknown): value is string =>
  typeof value === "string" && /^(?!\.{1,2}$)[^\p{Cc}\p{Cs}]+$/u.test(value)

/** The path, or its flaw, which holds no value. */
export const pathOf = (
  template: string,
  params: Readonly<Record<string, unknown>>
): { readonly path: string } | { readonly flaw: string } => {
  if (!/^\/[^?#\s]*$/.test(template))
    return { flaw: 'path: expected a path that begins with "/", without a query' }
  const wrong: Array<string> = []
  const path = template.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined
    if (isSegment(value)) return encodeURIComponent(value)
    wrong.push(name)
    return ""
  })
  return wrong.length === 0
    ? { path }
    : {
        flaw: `params.${wrong.join(", params.")}: expected an id: not empty, without control characters, and neither "." nor ".."`
      }
}
