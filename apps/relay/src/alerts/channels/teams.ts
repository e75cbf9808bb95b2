import { HttpClientRequest } from "effect/http"
import { lines, type Message, title } from "../Message.ts"

const block = (text: string, more: object = {}) => ({ type: "TextBlock", text, wrap: true, ...more })

/** A message to a webhook of a Teams workflow, as an adaptive card. */
export const teams = (url: string, message: Message) =>
  HttpClientRequest.post(url).pipe(
    HttpClientRequest.bodyJsonUnsafe({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
            type: "AdaptiveCard",
            version: "1.4",
            body: [
              block(title(message), { weight: "Bolder", size: "Medium" }),
              ...lines(message).map((line) => block(line))
            ],
            actions: [{ type: "Action.OpenUrl", title: "Open the page", url: message.link }]
          }
        }
      ]
    })
  )
