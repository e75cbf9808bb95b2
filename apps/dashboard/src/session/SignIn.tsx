import { useEffect, useState, type FormEvent } from "react"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Field } from "../parts/Field.tsx"
import { Logo } from "../shell/Logo.tsx"

/** Reads the token from `…/#token=usher_…`, as the demo prints it. Browsers never send this part of an address. */
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
          Enter a token for this relay. The page exchanges it for a cookie that scripts can&rsquo;t read.
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
          No token? Ask the relay&rsquo;s administrator to run{" "}
          <code>usher tokens create --name you --scope read</code>
        </p>
      </form>
    </main>
  )
}
