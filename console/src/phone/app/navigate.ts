/** Hands the place to the phone's map app; positions are WGS-84 and said to be so. */
export function navigateTo(place: { lon: number; lat: number; title: string }): void {
  const name = encodeURIComponent(place.title)
  const apple = /iPhone|iPad|Macintosh/.test(navigator.userAgent)
  location.href = apple
    ? `https://maps.apple.com/?daddr=${place.lat},${place.lon}&q=${name}`
    : `geo:${place.lat},${place.lon}?q=${place.lat},${place.lon}(${name})`
}

export const metres = (distance: number): string =>
  distance < 1000 ? `${Math.round(distance)} m` : `${(distance / 1000).toFixed(1)} km`
