import type { ReactNode } from "react"

/** Names with what they are. */
export const Facts = ({ children }: { readonly children: ReactNode }) => <dl className="facts">{children}</dl>

interface Props {
  readonly name: string
  readonly children: ReactNode
}

export const Fact = ({ name, children }: Props) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)
