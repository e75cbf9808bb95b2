import { HttpClientRequest } from "effect/http"
import { lines, type Message, title } from "../Message.ts"

/** Slack reads `&`, `<` and `>` as control characters. */
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** A message to an incoming webhook of Slack. */
export const slack = (url: string, message: Message) =>
  HttpClientRequest.post(url).pipe(
    HttpClientRequest.bodyJsonUnsafe({
      text: [
        `*${escaped(title(message))}*`,
        ...lines(message).map((line) => `• ${escaped(line)}`),
        `<${message.link}|Open the page>`
      ].join("\n")
    })
  )
