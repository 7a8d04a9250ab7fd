// CloudFront function: maps the paths of the site to files of the bucket.
// A path of the console without a file extension is a page of the console, which index.html draws.
// The documentation has a folder with an index.html for each page, and relative links need its last slash.
// The deployment puts `moved` before this text: pages that earlier releases served, and their addresses now.
function handler(event) {
  var request = event.request;
  var uri = request.uri;
  var name = uri.slice(uri.lastIndexOf('/') + 1);
  if (uri === '/docs' || uri.indexOf('/docs/') === 0) {
    var page = uri.slice('/docs/'.length).replace(/\/$/, '').replace(/\.md$/, '');
    var target = moved[page];
    if (typeof target === 'string') return redirect('/docs/' + target, request.querystring);
    if (name === '') request.uri = uri + 'index.html';
    else if (/\.md$/.test(name) || name.indexOf('.') === -1) return redirect(uri.replace(/\.md$/, '') + '/', request.querystring);
  } else if (name.indexOf('.') === -1) {
    request.uri = '/index.html';
  }
  return request;
}

// CloudFront gives the query as it stands in the address: {name: {value, multiValue}}, the latter for repeated names.
function redirect(path, query) {
  var pairs = [];
  for (var name in query || {}) {
    (query[name].multiValue || [query[name]]).forEach(function (each) {
      pairs.push(each.value === '' ? name : name + '=' + each.value);
    });
  }
  var location = path + (pairs.length ? '?' + pairs.join('&') : '');
  return { statusCode: 308, statusDescription: 'Permanent Redirect', headers: { location: { value: location } } };
}
