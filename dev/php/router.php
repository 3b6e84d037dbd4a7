<?php
/**
 * The rewrite rules that WordPress's .htaccess would hold, for `php -S`: what exists is served, everything else goes to
 * index.php. On a network of subdirectories, /site/wp-admin/… and /site/file.php mean the same without /site.
 */

$root = $_SERVER['DOCUMENT_ROOT'];
$path = rawurldecode( (string) parse_url( 'http://host' . $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );

if ( strpos( $path, "\0" ) !== false || strpos( $path, '/../' ) !== false ) {
	http_response_code( 400 );
	return true;
}

if ( preg_match( '~^/[_0-9a-zA-Z-]+(/(?:wp-(?:content|admin|includes)(?:/.*)?|[^/]*\.php))$~', $path, $match )
	&& ! file_exists( $root . $path ) && file_exists( $root . $match[1] ) ) {
	$path  = $match[1];
	$moved = true;
}

$file = $root . $path;
if ( is_dir( $file ) && '/' !== $path ) {
	if ( '/' !== substr( $path, -1 ) ) {
		header( 'Location: ' . strtok( $_SERVER['REQUEST_URI'], '?' ) . '/', true, 301 );
		return true;
	}
	$path .= 'index.php';
	$file .= 'index.php';
}

if ( '/' !== $path && is_file( $file ) ) {
	if ( empty( $moved ) ) {
		return false;
	}
	if ( '.php' !== substr( $file, -4 ) ) {
		header( 'Content-Type: ' . ( '.css' === substr( $file, -4 ) ? 'text/css' : ( '.js' === substr( $file, -3 ) ? 'text/javascript' : mime_content_type( $file ) ) ) );
		readfile( $file );
		return true;
	}
} else {
	$path = '/index.php';
	$file = $root . $path;
}

$_SERVER['SCRIPT_NAME']     = $path;
$_SERVER['PHP_SELF']        = $path;
$_SERVER['SCRIPT_FILENAME'] = $file;
unset( $_SERVER['PATH_INFO'] );
chdir( dirname( $file ) );
require $file;
