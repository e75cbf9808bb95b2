/** Whether a pattern matches a whole text, with any anchors of its own. */

const whole = new WeakMap<RegExp, RegExp>()

export const isWhole = (pattern: RegExp, text: string): boolean => {
  const anchored =
    whole.get(pattern) ?? new RegExp(`^(?:${pattern.source})$`, pattern.flags.replaceAll(/[gmy]/g, ""))
  whole.set(pattern, anchored)
  return anchored.test(text)
}
