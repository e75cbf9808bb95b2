/** Placeholders that people and programs write instead of a member. */

const words = new Set(
  [
    ["", "na", "none", "null", "nil", "nan", "void", "undefined", "unknown", "empty", "objectobject"],
    ["noemail", "nomail", "noaddress", "noone", "nobody", "anonymous"],
    ["notavailable", "notapplicable", "notprovided", "notspecified", "notset", "notgiven"],
    ["keine", "keiner", "keineangabe", "keineemail", "ka", "unbekannt", "leer", "niemand"],
    ["aucun", "aucune", "inconnu", "ninguno", "ninguna", "desconocido", "nessuno", "geen", "onbekend"]
  ].flat()
)

const longest = 40

/** Whether the text is a placeholder, with any punctuation: empty, `N/A`, `--`, `(none)`, `null`, the UUID of zeros. */
export const isNobody = (text: string): boolean => {
  if (text.length > longest || text.includes("@")) return false
  const bare = text.toLowerCase().replaceAll(/[\p{P}\p{S}\s]/gu, "")
  return words.has(bare) || /^0{32}$/.test(bare)
}
