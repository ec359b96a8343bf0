/* The style sheet of the theme, made from theme.css by the build. */
#ifndef ATTIMO_SITE_THEME_CSS_H
#define ATTIMO_SITE_THEME_CSS_H

extern const char theme_css[];

#endif
