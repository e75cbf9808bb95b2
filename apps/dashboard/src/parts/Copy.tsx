/** Copies a text to the clipboard. */
import { useState, type ReactNode } from "react"
import { Button } from "./Button.tsx"

interface Props {
  readonly text: string
  /** The name of the text, for screen readers. */
  readonly what: string
  /** The text on the button. Default: Copy. */
  readonly label?: string
}

export const Copy = ({ text, what, label = "Copy" }: Props) => {
  const [state, setState] = useState<"" | "Copied" | "Copy failed">("")
  const copy = () =>
    window.navigator.clipboard.writeText(text).then(
      () => setState("Copied"),
      () => setState("Copy failed")
    )
  return (
    <>
      <Button variant="quiet" aria-label={`Copy ${what}`} onPress={() => void copy()}>
        <span className="copy">{label}</span>
      </Button>
      <span className="hint" role="status">
        {state}
      </span>
    </>
  )
}

export const Trace = ({ id }: { readonly id: string }) => (
  <Copyable text={id} what="trace id">
    <code>{id}</code>
  </Copyable>
)

/** A value with a button that copies it. */
export const Copyable = ({ text, what, children }: Props & { readonly children: ReactNode }) => (
  <span className="copyable">
    {children}
    <Copy text={text} what={what} />
  </span>
)
