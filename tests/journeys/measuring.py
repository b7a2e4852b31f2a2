"""What a page shows, measured in the browser: targets, text and contrast, for the rules of the phone and of 长辈版."""

from __future__ import annotations

from tests.journeys.support import Actor

# Targets: everything that one can tap, with its label where that is what one taps; in CSS pixels.
# Text: every visible piece with its size, its line height and the contrast with the colour behind it.
SCRIPT = """([target, size, lineHeight, contrast]) => {
  const found = []
  const shown = (element) => {
    const box = element.getBoundingClientRect()
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && box.width > 1 && box.height > 1
  }
  const name = (element) => `<${element.tagName.toLowerCase()} ${element.dataset?.testid ?? element.className ?? ''}> ${(element.innerText ?? '').slice(0, 16)}`
  const targets = 'a[href], button, input:not([type=hidden]), textarea, select, summary, [role=button], [role=radio], [role=tab]'
  let measured = 0
  for (const element of document.querySelectorAll(targets)) {
    const tapped = (element.matches('input[type=checkbox], input[type=file], input[type=radio]') && element.closest('label')) || element
    if (!shown(tapped)) continue
    measured += 1
    const { width, height } = tapped.getBoundingClientRect()
    if (width < target - 0.5 || height < target - 0.5) found.push(`${name(tapped)}: ${width.toFixed(0)} × ${height.toFixed(0)}`)
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push(`wider than the screen: ${document.documentElement.scrollWidth}`)
  const channels = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number)
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const over = ([r, g, b, a = 1], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a)]
  const behind = (element) => {
    const layers = []
    for (let one = element; one; one = one.parentElement) layers.push(channels(getComputedStyle(one).backgroundColor))
    return layers.reverse().reduce((below, layer) => (layer.length < 3 ? below : over(layer, below)), [255, 255, 255])
  }
  const check = (element) => {
    const style = getComputedStyle(element)
    const px = parseFloat(style.fontSize)
    if (px < size - 0.05) found.push(`${name(element)}: text of ${px}px`)
    const line = style.lineHeight === 'normal' ? 1.2 : parseFloat(style.lineHeight) / px
    if (line < lineHeight - 0.005) found.push(`${name(element)}: line height ${line.toFixed(2)}`)
    const ground = behind(element)
    const [high, low] = [light(over(channels(style.color), ground)), light(ground)].sort((a, b) => b - a)
    const ratio = (high + 0.05) / (low + 0.05)
    if (ratio < contrast && !element.closest(':disabled')) found.push(`${name(element)}: contrast ${ratio.toFixed(2)}`)
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement
    if (!texts.currentNode.data.trim() || !element || element.closest('script, style, .visually-hidden, option') || !shown(element)) continue
    measured += 1
    check(element)
  }
  for (const field of document.querySelectorAll('input:not([type=checkbox]):not([type=file]), textarea, select')) if (shown(field)) check(field)
  return { measured, found: [...new Set(found)] }
}"""
NORMAL = (44, 12, 1.0, 4.5)  # target px, text px, line height, contrast
ELDER = (60, 18, 1.3, 4.5)


def faults(actor: Actor, rules: tuple[float, float, float, float]) -> list[str]:
    """Where the page as it stands breaks the rules; an empty page measures nothing and is a fault itself."""
    seen = actor.page.evaluate(SCRIPT, list(rules))
    assert seen["measured"] > 3, actor.page.url
    found: list[str] = seen["found"]
    return found
