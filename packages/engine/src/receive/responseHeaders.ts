/** What every answer to a sender carries: a browser takes none of them for anything but its media type. */
export const headers = { "x-content-type-options": "nosniff" } as const
