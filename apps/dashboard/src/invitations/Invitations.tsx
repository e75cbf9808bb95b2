import { InvitationStatus } from "@usher/model/Invitation"
import { api } from "../api/client.ts"
import { Button } from "../parts/Button.tsx"
import { Export, pageOf } from "../parts/Export.tsx"
import { SearchFilters, TextFilter, useSearchFilter } from "../parts/Filters.tsx"
import { Page } from "../parts/Page.tsx"
import { Pages } from "../parts/Pages.tsx"
import { useQuestion } from "../parts/Planned.tsx"
import { chosen } from "../parts/Selecting.tsx"
import { Empty } from "../parts/Shown.tsx"
import { useSearch } from "../parts/useSearch.ts"
import { table } from "./InvitationTable.tsx"
import { cancelOf, replayable, replayOf } from "./plans.tsx"

const statuses = InvitationStatus.literals

export const Invitations = () => {
  const { error, ...given } = useSearchFilter(
    statuses,
    "source",
    "spot",
    "person",
    "live",
    "webhook",
    "error",
    "after"
  )
  // The API names the absence of an error by null.
  const payload = { ...given, ...(error === undefined ? {} : { error: error === "none" ? null : error }) }
  const { ask, question } = useQuestion()
  const query = useSearch("invitations", payload, (payload) => api.invitations.search({ payload }))
  return (
    <Page
      title="Invitations"
      lead="One invitation per person and Live, newest first."
      aside={
        <Export
          name="invitations"
          page={(after) => api.invitations.search({ payload: pageOf(payload, after) })}
        />
      }
    >
      <SearchFilters statuses={statuses}>
        <TextFilter label="Error" name="error" placeholder="Name, or none" />
      </SearchFilters>
      <Pages
        {...table}
        query={query}
        acts={(target) => (
          <>
            <Button onPress={() => ask(cancelOf(chosen(target, payload)))}>Cancel</Button>
            <Button
              onPress={() =>
                ask(
                  replayOf({
                    ...chosen(target, payload),
                    ...(target === "matching" ? {} : { status: replayable })
                  })
                )
              }
            >
              Replay
            </Button>
          </>
        )}
        empty={
          <Empty title={Object.keys(payload).length === 0 ? "No invitations yet" : "No matching invitations"}>
            Look for <a href="#/webhooks?status=unmappable">failed mappings</a>.
          </Empty>
        }
      />
      {question}
    </Page>
  )
}
