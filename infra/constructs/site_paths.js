// CloudFront function: maps the paths of the site to files of the bucket.
// A path of the console without a file extension is a page of the console, which index.html draws.
// The documentation has a folder with an index.html for each page, and relative links need its last slash.
function handler(event) {
  var request = event.request;
  var uri = request.uri;
  var name = uri.slice(uri.lastIndexOf('/') + 1);
  if (uri === '/docs' || uri.indexOf('/docs/') === 0) {
    if (name.indexOf('.') === -1 && name !== '') {
      return { statusCode: 301, statusDescription: 'Moved Permanently', headers: { location: { value: uri + '/' } } };
    }
    if (name === '') request.uri = uri + 'index.html';
  } else if (name.indexOf('.') === -1) {
    request.uri = '/index.html';
  }
  return request;
}
