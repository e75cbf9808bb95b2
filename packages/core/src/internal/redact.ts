/** What may be kept and shown of texts that other people wrote. */
import type { Schema } from "effect"

/** The text with `[address]` for whatever looks like an email address, escaped for a URL or not. */
export const withoutAddresses = (text: string): string =>
  text.replaceAll(/[^\s"'<>(),;:=]+(?:@|%40)[^\s"'<>(),;:=]+/g, "[address]")

/** What is kept of an answer: one line, 300 characters, no address. */
export const excerpt = (text: string): { readonly answer?: string } => {
  const answer = withoutAddresses(text.slice(0, 4096)).replaceAll(/\s+/g, " ").trim().slice(0, 300)
  return answer === "" ? {} : { answer }
}

/** A schema's complaint on one line; it never shows the value. */
export const oneLine = (error: Schema.SchemaError): string => error.message.replaceAll(/\s*\n\s*/g, " ")
