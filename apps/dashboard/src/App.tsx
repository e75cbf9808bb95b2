import { Suspense } from "react"
import { Route, Switch } from "wouter"
import { Trouble } from "./parts/Shown.tsx"
import { Overview } from "./overview/Overview.tsx"
import { useSession, Who } from "./session/session.ts"
import { SignIn } from "./session/SignIn.tsx"
import { Shell } from "./shell/Shell.tsx"
import { Page } from "./parts/Page.tsx"

export const App = () => {
  const session = useSession()
  if (session.isError) {
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
        <Suspense fallback={<div className="waiting" role="status" aria-label="Loading" />}>
          <Switch>
            <Route path="/" component={Overview} />
            <Route>
              <Page title="Nothing here">
                <p>
                  No screen has this address. Start from the <a href="#/">overview</a>.
                </p>
              </Page>
            </Route>
          </Switch>
        </Suspense>
      </Shell>
    </Who>
  )
}
