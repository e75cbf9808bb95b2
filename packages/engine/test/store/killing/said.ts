/** The line that a worker writes when it has invited somebody. Every other line is the id of a delivery. */
export const invited = "invited"
