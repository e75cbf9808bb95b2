/** HTML entities of characters in and around addresses. */

const named: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
  nbsp: "\u00A0",
  commat: "@",
  period: ".",
  plus: "+",
  lowbar: "_",
  sol: "/",
  equals: "=",
  num: "#",
  colon: ":",
  semi: ";",
  comma: ",",
  lpar: "(",
  rpar: ")",
  dash: "-",
  hyphen: "-"
}

/** Decodes entities once, in one pass. */
export const unescapeEntities = (text: string): string =>
  text.includes("&")
    ? text.replaceAll(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi, (entity, hex, decimal, name) => {
        if (name !== undefined) return named[String(name).toLowerCase()] ?? entity
        const point = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16)
        return point <= 0x10ffff ? String.fromCodePoint(point) : entity
      })
    : text
