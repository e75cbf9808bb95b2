/** Texts as words of a command that a person copies to a shell. */

/** As it is where a shell reads it as one word; otherwise between single quotes, where a shell changes nothing but the quote itself. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
