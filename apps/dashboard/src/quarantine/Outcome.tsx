/** The result of a release: the accepted deliveries, and the reasons for those that remain. */
import type { Released } from "@usher/model/Quarantined"
import { count, plural } from "../parts/number.ts"

export const Outcome = ({ released }: { readonly released: Released }) => {
  const { duplicates, refused, stayed, unknown } = released
  const more = refused - stayed.length
  return (
    <>
      <p className="done" role="status">
        Released {plural(released.released, "delivery", "deliveries")}
        {duplicates === 0 ? "" : `; ${count(duplicates)} already accepted`}.
        {refused === 0 ? "" : ` ${plural(refused, "delivery remains", "deliveries remain")} in quarantine.`}
        {unknown.length === 0 ? "" : ` ${count(unknown.length)} no longer in quarantine.`}
      </p>
      {refused === 0 ? null : (
        <ul className="findings">
          {stayed.map(({ id, source, reason, message }) => (
            <li key={id}>
              <a href={`#/quarantine/${id}`}>
                <bdi>{source}</bdi>
              </a>{" "}
              <bdi>{message}</bdi> <code className="muted">{reason}</code>
            </li>
          ))}
          {more === 0 ? null : <li className="muted">and {count(more)} more</li>}
        </ul>
      )}
    </>
  )
}
