export const offers = {
  title: '{{count}} neighbours reported this', mine: 'You have reported it; it is being handled', about: '{{category}} · within {{within}} m · {{place}}', state: '{{state}} · since {{time}}', promised: 'Promised by {{time}}', follow: 'This is it: follow', again: 'Add to it', hint: 'You will hear about progress and outcome. Nothing about anybody else is shown.', other: 'Something else? Just send it.',
}
