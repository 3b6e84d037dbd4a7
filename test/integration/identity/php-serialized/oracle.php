<?php
/**
 * The real unserialize() as an oracle. Arguments: a seed and a number of cases. Each line of output is JSON:
 * the input in base64, whether PHP accepted it, and its value with a tag for every type.
 */
ini_set( 'memory_limit', '512M' );
mt_srand( (int) $argv[1] );
$cases = (int) $argv[2];

function tagged( $value ) {
	if ( is_array( $value ) ) {
		$pairs = array();
		foreach ( $value as $key => $item ) {
			$pairs[] = array( tagged( $key ), tagged( $item ) );
		}
		return array( 'a', $pairs );
	}
	if ( is_int( $value ) ) {
		return array( 'i', (string) $value );
	}
	if ( is_float( $value ) ) {
		return array( 'd', bin2hex( pack( 'E', $value ) ) );
	}
	if ( is_string( $value ) ) {
		return array( 's', base64_encode( $value ) );
	}
	return is_object( $value ) ? array( 'o' ) : array( null === $value ? 'n' : 'b', true === $value );
}

function a_string() {
	$words = array( '', 'a', '5', '05', '-0', '-7', '9007199254740993', '9223372036854775808', '__proto__', 'constructor', 'Zürich', "emoji \u{1F600}", 'a";i:5;', "nul\0byte", "\xC3\x28", 'administrator', 'INF', '0', "\u{FEFF}bom", '12345678901234567890123' );
	return $words[ mt_rand( 0, count( $words ) - 1 ) ] . ( mt_rand( 0, 3 ) ? '' : random_text() );
}

function random_text() {
	$text = '';
	for ( $i = mt_rand( 0, 12 ); $i > 0; --$i ) {
		$text .= mt_rand( 0, 4 ) ? chr( mt_rand( 32, 126 ) ) : mb_chr( mt_rand( 0xA0, 0xD7FF ) );
	}
	return $text;
}

function a_float() {
	$special = array( 0.5, -0.0, 1e25, 1e-300, INF, -INF, NAN, 0.1 + 0.2, 5.0, 1.7976931348623157e308, 5e-324 );
	return mt_rand( 0, 1 ) ? $special[ mt_rand( 0, count( $special ) - 1 ) ] : ( mt_rand() - 1e9 ) / max( 1, mt_rand( 0, 1000 ) );
}

function an_int() {
	$special = array( 0, -1, PHP_INT_MAX, PHP_INT_MIN, 9007199254740991, 9007199254740992, -9007199254740993, 1795338848 );
	return mt_rand( 0, 1 ) ? $special[ mt_rand( 0, count( $special ) - 1 ) ] : mt_rand( -100000, 100000 );
}

function a_value( $depth ) {
	switch ( mt_rand( 0, $depth > 4 ? 4 : 8 ) ) {
		case 0:
			return null;
		case 1:
			return (bool) mt_rand( 0, 1 );
		case 2:
			return an_int();
		case 3:
			return a_float();
		case 4:
			return a_string();
		default:
			$array = array();
			for ( $i = mt_rand( 0, 6 ); $i > 0; --$i ) {
				$array[ mt_rand( 0, 1 ) ? a_string() : ( mt_rand( 0, 50 ) ? mt_rand( -20, 20 ) : an_int() ) ] = a_value( $depth + 1 );
			}
			return $array;
	}
}

function mutated( $bytes ) {
	static $pieces = array( 'i:5;', 'N;', 'b:1;', 'd:.5;', 'd:5.;', 'd:1e5;', 'd:+INF;', 's:1:"x";', 'S:1:"\\41";', 'R:1;', 'r:1;', 'O:8:"stdClass":0:{}', 'C:1:"A":0:{}', 'E:3:"A:B";', 'a:0:{}', '}', '{', ';', ':', '"', '0', '-', '+', ' ', "\0", "\xFF" );
	for ( $i = mt_rand( 1, 3 ); $i > 0; --$i ) {
		$at = mt_rand( 0, strlen( $bytes ) );
		switch ( mt_rand( 0, 4 ) ) {
			case 0:
				$bytes = substr( $bytes, 0, $at ) . chr( mt_rand( 0, 255 ) ) . substr( $bytes, $at + 1 );
				break;
			case 1:
				$bytes = substr( $bytes, 0, $at ) . substr( $bytes, $at + mt_rand( 1, 3 ) );
				break;
			case 2:
				$bytes = substr( $bytes, 0, $at ) . $pieces[ mt_rand( 0, count( $pieces ) - 1 ) ] . substr( $bytes, $at );
				break;
			case 3:
				$bytes = substr( $bytes, 0, $at );
				break;
			default:
				$bytes = preg_replace_callback( '/\d+/', fn( $m ) => mt_rand( 0, 2 ) ? $m[0] : (string) ( (int) $m[0] + mt_rand( -1, 1 ) ), $bytes );
		}
	}
	return $bytes;
}

for ( $n = 0; $n < $cases; ++$n ) {
	$bytes = serialize( a_value( 0 ) );
	if ( $n % 2 ) {
		$bytes = mutated( $bytes );
	}
	$problem = '';
	set_error_handler( function ( $number, $message ) use ( &$problem ) { $problem .= $message; return true; } );
	$value = unserialize( $bytes, array( 'allowed_classes' => false ) );
	restore_error_handler();
	$accepted = ! str_contains( $problem, 'Error at offset' ) && '' !== $bytes;
	echo json_encode( array( 'input' => base64_encode( $bytes ), 'accepted' => $accepted, 'value' => $accepted ? tagged( $value ) : null ), JSON_THROW_ON_ERROR ), "\n";
}
