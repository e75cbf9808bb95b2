interface Props {
  readonly name: string
  /** The kind of system that sends. */
  readonly sender: string
}

export const SourceName = ({ name, sender }: Props) => (
  <>
    <bdi className="strong">{name}</bdi> <span className="muted">{sender}</span>
  </>
)
