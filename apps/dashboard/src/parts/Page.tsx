/** A screen. Its title is the document's title too. */
import { useEffect, type ReactNode } from "react"

interface Props {
  readonly title: string
  /** Beside the title. */
  readonly aside?: ReactNode
  readonly lead?: string
  readonly children: ReactNode
}

export const Page = ({ title, aside, lead, children }: Props) => {
  useEffect(() => {
    document.title = `${title} · Usher`
  }, [title])
  return (
    <>
      <header className="page-head">
        <h1>{title}</h1>
        {aside}
      </header>
      {lead !== undefined && <p className="lead">{lead}</p>}
      {children}
    </>
  )
}

interface SectionProps extends Omit<Props, "lead"> {
  /** Frames the content. */
  readonly isCard?: boolean
}

export const Section = ({ title, aside, isCard = false, children }: SectionProps) => (
  <section className="section" aria-label={title}>
    <header className="section-head">
      <h2>{title}</h2>
      {aside}
    </header>
    {isCard ? <div className="card">{children}</div> : children}
  </section>
)
