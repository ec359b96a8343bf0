/* The script that tells what happens on a page, made from capture.js by the build. */
#ifndef ATTIMO_SITE_CAPTURE_JS_H
#define ATTIMO_SITE_CAPTURE_JS_H

extern const char capture_js[];
extern const char capture_page_js[]; /* without token and journey, for `capture: page` */

#endif
