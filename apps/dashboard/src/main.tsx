import "./style.css"
import { QueryClientProvider } from "@tanstack/react-query"
import { StrictMode } from "react"
import { RouterProvider } from "react-aria-components"
import { createRoot } from "react-dom/client"
import { Router } from "wouter"
import { App } from "./App.tsx"
import { queries } from "./api/queries.ts"
import { keepFocus } from "./shell/focus.ts"
import { keepScroll } from "./shell/scroll.ts"
import { takeTokens } from "./session/token.ts"
import { hrefOf, navigate, useLocationHook, useSearchHook } from "./location.ts"

const root = document.getElementById("root")
if (root !== null) {
  keepFocus()
  keepScroll()
  takeTokens()
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Router hook={useLocationHook} searchHook={useSearchHook} hrefs={hrefOf}>
          <RouterProvider navigate={navigate} useHref={hrefOf}>
            <App />
          </RouterProvider>
        </Router>
      </QueryClientProvider>
    </StrictMode>
  )
}
