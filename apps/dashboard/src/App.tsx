import { lazy, Suspense } from "react"
import { Route, Switch } from "wouter"
import { Overview } from "./overview/Overview.tsx"
import { Safe } from "./shell/Safe.tsx"
import { Page } from "./parts/Page.tsx"
import { Trouble } from "./parts/Shown.tsx"
import { useSession, Who } from "./session/session.ts"
import { SignIn } from "./session/SignIn.tsx"
import { Shell } from "./shell/Shell.tsx"

/** What the first look does not need comes when it is asked for. */
const screens = () => import("./screens.ts")
const Webhooks = lazy(() => screens().then(({ Webhooks }) => ({ default: Webhooks })))
const Webhook = lazy(() => screens().then(({ Webhook }) => ({ default: Webhook })))
const Invitations = lazy(() => screens().then(({ Invitations }) => ({ default: Invitations })))
const Invitation = lazy(() => screens().then(({ Invitation }) => ({ default: Invitation })))
const Person = lazy(() => screens().then(({ Person }) => ({ default: Person })))
const DeadLetters = lazy(() => screens().then(({ DeadLetters }) => ({ default: DeadLetters })))
const Quarantine = lazy(() => screens().then(({ Quarantine }) => ({ default: Quarantine })))
const Delivery = lazy(() => screens().then(({ Delivery }) => ({ default: Delivery })))
const Sources = lazy(() => screens().then(({ Sources }) => ({ default: Sources })))
const Spots = lazy(() => screens().then(({ Spots }) => ({ default: Spots })))
const Mapping = lazy(() => screens().then(({ Mapping }) => ({ default: Mapping })))

export const App = () => {
  const session = useSession()
  if (session.data === undefined && session.isError) {
    return (
      <main className="sign-in">
        <Trouble error={session.error} again={() => void session.refetch()} />
      </main>
    )
  }
  if (session.data === undefined) return null
  if (session.data === null) return <SignIn />
  return (
    <Who value={session.data}>
      <Shell>
        <Safe>
          <Suspense fallback={<div className="rows waiting" role="status" aria-label="Loading" />}>
            <Switch>
              <Route path="/" component={Overview} />
              <Route path="/webhooks" component={Webhooks} />
              <Route path="/webhooks/:id" component={Webhook} />
              <Route path="/invitations" component={Invitations} />
              <Route path="/invitations/:id" component={Invitation} />
              <Route path="/person/:person?" component={Person} />
              <Route path="/dead-letters" component={DeadLetters} />
              <Route path="/quarantine" component={Quarantine} />
              <Route path="/quarantine/:id" component={Delivery} />
              <Route path="/sources" component={Sources} />
              <Route path="/spots" component={Spots} />
              <Route path="/mapping" component={Mapping} />
              <Route component={Nowhere} />
            </Switch>
          </Suspense>
        </Safe>
      </Shell>
    </Who>
  )
}

const Nowhere = () => (
  <Page title="Nothing here">
    <p>
      No screen has this address. Start from the <a href="#/">overview</a>.
    </p>
  </Page>
)
