import { lazy, Suspense } from "react"
import { Route, Switch } from "wouter"
import { Overview } from "./overview/Overview.tsx"
import { Safe } from "./shell/Safe.tsx"
import { Loading, Trouble } from "./parts/Shown.tsx"
import { useSession, Who } from "./session/session.ts"
import { SignIn } from "./session/SignIn.tsx"
import { Shell } from "./shell/Shell.tsx"

/** A chunk of its own, because the first screen does not need it. */
const Screens = lazy(() => import("./screens.tsx").then(({ Screens }) => ({ default: Screens })))

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
          <Suspense fallback={<Loading className="rows" />}>
            <Switch>
              <Route path="/" component={Overview} />
              <Route component={Screens} />
            </Switch>
          </Suspense>
        </Safe>
      </Shell>
    </Who>
  )
}
