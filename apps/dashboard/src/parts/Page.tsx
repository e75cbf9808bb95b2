/** A screen with its name, which the tab says too. */
import { useEffect, type ReactNode } from "react"

interface Props {
  readonly title: string
  /** Beside the title. */
  readonly aside?: ReactNode
  readonly lead?: ReactNode
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
      {lead === undefined ? null : <p className="lead">{lead}</p>}
      {children}
    </>
  )
}

interface SectionProps {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
}

export const Section = ({ title, aside, children }: SectionProps) => (
  <section className="section" aria-label={title}>
    <header className="section-head">
      <h2>{title}</h2>
      {aside}
    </header>
    {children}
  </section>
)
