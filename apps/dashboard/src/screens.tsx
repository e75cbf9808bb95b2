/** All screens but the overview. */
import { Route, Switch } from "wouter"
import { AuditLog } from "./administration/AuditLog.tsx"
import { Purge } from "./administration/Purge.tsx"
import { Settings } from "./administration/Settings.tsx"
import { Tokens } from "./administration/Tokens.tsx"
import { Import } from "./imports/Import.tsx"
import { DeadLetters } from "./deadLetters/DeadLetters.tsx"
import { Invitation } from "./invitations/Invitation.tsx"
import { Invitations } from "./invitations/Invitations.tsx"
import { Jobs } from "./jobs/Jobs.tsx"
import { Lives } from "./lives/Lives.tsx"
import { Mapping } from "./mapping/Mapping.tsx"
import { Page } from "./parts/Page.tsx"
import { Person } from "./people/Person.tsx"
import { Delivery } from "./quarantine/Delivery.tsx"
import { Quarantine } from "./quarantine/Quarantine.tsx"
import { Search } from "./search/Search.tsx"
import { Sources } from "./sources/Sources.tsx"
import { Spots } from "./spots/Spots.tsx"
import { Webhook } from "./webhooks/Webhook.tsx"
import { Webhooks } from "./webhooks/Webhooks.tsx"

export { FirstSteps } from "./overview/FirstSteps.tsx"
export { ShortcutList } from "./shell/ShortcutList.tsx"

export const Screens = () => (
  <Switch>
    <Route path="/webhooks" component={Webhooks} />
    <Route path="/webhooks/:id" component={Webhook} />
    <Route path="/invitations" component={Invitations} />
    <Route path="/invitations/:id" component={Invitation} />
    <Route path="/lives" component={Lives} />
    <Route path="/person/:person?" component={Person} />
    <Route path="/search/:text" component={Search} />
    <Route path="/dead-letters" component={DeadLetters} />
    <Route path="/quarantine" component={Quarantine} />
    <Route path="/quarantine/:id" component={Delivery} />
    <Route path="/sources" component={Sources} />
    <Route path="/spots" component={Spots} />
    <Route path="/jobs" component={Jobs} />
    <Route path="/import" component={Import} />
    <Route path="/mapping" component={Mapping} />
    <Route path="/tokens" component={Tokens} />
    <Route path="/audit" component={AuditLog} />
    <Route path="/purge" component={Purge} />
    <Route path="/settings" component={Settings} />
    <Route>
      <Page title="Page not found">
        <p>
          This address does not exist. Go to the <a href="#/">overview</a>.
        </p>
      </Page>
    </Route>
  </Switch>
)
