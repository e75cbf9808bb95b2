/** Untrusted text. Shows invisible characters as code points, and names look-alike letters. */
import { Display } from "@usher/admin"

interface Props {
  readonly text: string
  readonly className?: string
}

export const Raw = ({ text, className }: Props) => {
  const marks = Display.lookalikes(text)
  const shown = Display.escape(text)
  return (
    <>
      <bdi className={className} title={className?.includes("clip") === true ? shown : undefined}>
        {shown}
      </bdi>
      {marks.length === 0 ? null : (
        <small className="muted" title="Letters of another script that look like Latin letters">
          {" "}
          {marks.join(" ")}
        </small>
      )}
    </>
  )
}
