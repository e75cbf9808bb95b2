import type { ReactNode } from "react"
import { Heading } from "react-aria-components"
import { Status } from "./Status.tsx"

interface Props {
  readonly kind: "Source" | "Spot"
  readonly name: string
  readonly state: string | undefined
  /** Beside the name. */
  readonly note?: string
  /** The level of the heading. */
  readonly level: 2 | 3
  readonly children: ReactNode
}

/** A source or a Spot with its state. */
export const StateCard = ({ kind, name, state, note, level, children }: Props) => (
  <article className="card" aria-label={`${kind} ${name}`}>
    <header className="card-head">
      <Heading level={level}>
        <bdi>{name}</bdi> <span className="muted">{note}</span>
      </Heading>
      {state !== undefined && <Status status={state} />}
    </header>
    {children}
  </article>
)
