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

/** Shows a text that a field can't mark, if it has invisible or look-alike characters. */
export const Marked = ({ text }: Pick<Props, "text">) =>
  Display.line(text) === text ? null : (
    <p className="hint" role="status">
      With invisible or look-alike characters: <Raw className="mono" text={text} />
    </p>
  )
