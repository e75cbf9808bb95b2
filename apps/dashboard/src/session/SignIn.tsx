import { useEffect, useState, type FormEvent } from "react"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Field } from "../parts/Field.tsx"
import { Logo } from "../shell/Logo.tsx"

/** `…/#token=usher_…`, as the demo prints it: a part of the address that is sent to nobody. */
const takeToken = () => {
  const [, token] = /^#token=(.+)$/.exec(window.location.hash) ?? []
  if (token !== undefined) window.history.replaceState(null, "", "#/")
  return token ?? ""
}

export const SignIn = () => {
  const [token, setToken] = useState(takeToken)
  const [given] = useState(token)
  const signIn = useAction((token: string) => api.session.signIn({ payload: { token } }), ["session"])
  const { mutate } = signIn

  useEffect(() => {
    if (given !== "") mutate(given)
  }, [given, mutate])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    mutate(token.trim())
  }

  return (
    <main className="sign-in">
      <form onSubmit={submit} className="card">
        <Logo />
        <h1>Sign in</h1>
        <p className="muted">
          With a token for this relay. Scripts on this page can&rsquo;t read it afterwards.
        </p>
        <Field
          label="Token"
          type="password"
          value={token}
          onChange={setToken}
          autoComplete="current-password"
          autoFocus
          isRequired
          error={signIn.isError ? sentence(signIn.error) : undefined}
        />
        <Button type="submit" variant="primary" isPending={signIn.isPending}>
          Sign in
        </Button>
        <p className="hint">
          You have none? Whoever runs the relay makes one:{" "}
          <code>usher tokens create --name you --scope read</code>
        </p>
      </form>
    </main>
  )
}
