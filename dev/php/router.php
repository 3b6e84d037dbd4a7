<?php
/**
 * The rewrite rules that WordPress's .htaccess would hold, for `php -S`: what exists is served, everything else goes to
 * index.php. On a network of subdirectories, /site/wp-admin/… and /site/file.php mean the same without /site.
 */

/**
 * Sends a file with what Apache and nginx say of its age, so that browsers keep it as they do on a real site.
 *
 * @param string $file Path.
 */
function serve_file( string $file ): void {
	$types = array(
		'css'  => 'text/css',
		'js'   => 'text/javascript',
		'json' => 'application/json',
		'svg'  => 'image/svg+xml',
		'txt'  => 'text/plain',
	);
	$since = gmdate( 'D, d M Y H:i:s', (int) filemtime( $file ) ) . ' GMT';
	header( "Last-Modified: $since" );
	if ( ( $_SERVER['HTTP_IF_MODIFIED_SINCE'] ?? '' ) === $since ) {
		http_response_code( 304 );
		return;
	}
	header( 'Content-Type: ' . ( $types[ strtolower( pathinfo( $file, PATHINFO_EXTENSION ) ) ] ?? mime_content_type( $file ) ) );
	header( 'Content-Length: ' . filesize( $file ) );
	if ( 'HEAD' !== $_SERVER['REQUEST_METHOD'] ) {
		readfile( $file );
	}
}

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
	if ( '.php' !== substr( $file, -4 ) ) {
		serve_file( $file );
		return true;
	}
	if ( empty( $moved ) ) {
		return false;
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
