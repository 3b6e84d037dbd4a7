<?php
/**
 * Makes test/cases/secrets/sealed.json, which both suites read: `php tests/make-sealed-vectors.php`.
 * Keys and ivs are fixed, so that running it twice changes nothing.
 *
 * @package Chaperone\Bridge
 */

namespace Chaperone\Bridge;

require_once dirname( __DIR__ ) . '/includes/class-sealed-box.php';

$kek   = base64_encode( implode( '', array_map( 'chr', range( 0, 31 ) ) ) );
$other = base64_encode( implode( '', array_map( 'chr', range( 100, 131 ) ) ) );
$iv    = implode( '', array_map( 'chr', range( 1, 12 ) ) );
$place = 'options:ai_agent_key_to_wordpress';
$plain = '{"keys":[{"id":"bridge_to_wordpress_1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]}';

$box    = Sealed_Box::from_text( $kek );
$sealed = $box->seal( $plain, $place, 1, $iv );

list( , $id, $iv_text, $body ) = explode( '.', $sealed );
$bytes                         = base64_decode( strtr( $body, '-_', '+/' ), true );
$text                          = static function ( string $raw ): string {
	return rtrim( strtr( base64_encode( $raw ), '+/', '-_' ), '=' );
};
$flip                          = static function ( string $raw, int $at ): string {
	$raw[ $at ] = chr( ord( $raw[ $at ] ) ^ 1 );
	return $raw;
};
$other_id                      = Sealed_Box::key_id( base64_decode( $other, true ) );

$good = static function ( string $name, array $keks, string $at, int $version, string $value, string $opened ): array {
	return array(
		'name'    => $name,
		'kek'     => $keks,
		'place'   => $at,
		'version' => $version,
		'sealed'  => $value,
		'plain'   => $opened,
	);
};
$bad  = static function ( string $name, array $keks, string $at, int $version, string $value ): array {
	return array(
		'name'    => $name,
		'kek'     => $keks,
		'place'   => $at,
		'version' => $version,
		'sealed'  => $value,
		'error'   => true,
	);
};

$canary = $box->seal( 'chaperone', 'options:ai_agent_kek_canary', 1, $iv );
$long   = str_repeat( 'x', 5000 );

$vectors = array(
	$good( 'key ring', array( $kek ), $place, 1, $sealed, $plain ),
	$good( 'canary', array( $kek ), 'options:ai_agent_kek_canary', 1, $canary, 'chaperone' ),
	$good( 'an agent\'s key', array( $kek ), 'ai_agent_keys:key_0123456789abcdefghjk', 1, $box->seal( 'secret', 'ai_agent_keys:key_0123456789abcdefghjk', 1, $iv ), 'secret' ),
	$good( 'a later version', array( $kek ), $place, 2147483647, $box->seal( $plain, $place, 2147483647, $iv ), $plain ),
	$good( 'the second of two keys', array( $other, $kek ), $place, 1, $sealed, $plain ),
	$good( 'the first of two keys', array( $kek, $other ), $place, 1, $sealed, $plain ),
	$good( 'nothing', array( $kek ), $place, 1, $box->seal( '', $place, 1, $iv ), '' ),
	$good( 'more than ASCII', array( $kek ), 'options:ai_agent_ü', 1, $box->seal( "Grüße \u{1F511}", 'options:ai_agent_ü', 1, $iv ), "Grüße \u{1F511}" ),
	$good( '5,000 characters', array( $kek ), $place, 1, $box->seal( $long, $place, 1, $iv ), $long ),
	$bad( 'another key', array( $other ), $place, 1, $sealed ),
	$bad( 'another key by that id', array( $other ), $place, 1, "v1.$other_id.$iv_text.$body" ),
	$bad( 'the id of another key that is known', array( $kek, $other ), $place, 1, "v1.$other_id.$iv_text.$body" ),
	$bad( 'moved to another row', array( $kek ), 'options:ai_agent_key_to_sidecar', 1, $sealed ),
	$bad( 'moved to another kind of place', array( $kek ), 'ai_agent_keys:ai_agent_key_to_wordpress', 1, $sealed ),
	$bad( 'moved to another version', array( $kek ), $place, 2, $sealed ),
	$bad( 'first byte changed', array( $kek ), $place, 1, "v1.$id.$iv_text." . $text( $flip( $bytes, 0 ) ) ),
	$bad( 'tag changed', array( $kek ), $place, 1, "v1.$id.$iv_text." . $text( $flip( $bytes, strlen( $bytes ) - 1 ) ) ),
	$bad( 'tag cut by one byte', array( $kek ), $place, 1, "v1.$id.$iv_text." . $text( substr( $bytes, 0, -1 ) ) ),
	$bad( 'tag cut to four bytes', array( $kek ), $place, 1, "v1.$id.$iv_text." . $text( substr( $bytes, 0, -12 ) ) ),
	$bad( 'tag alone', array( $kek ), $place, 1, "v1.$id.$iv_text." . $text( substr( $bytes, -16 ) ) ),
	$bad( 'iv changed', array( $kek ), $place, 1, "v1.$id." . $text( $flip( $iv, 0 ) ) . ".$body" ),
	$bad( 'iv too short', array( $kek ), $place, 1, "v1.$id." . $text( substr( $iv, 1 ) ) . ".$body" ),
	$bad( 'another form', array( $kek ), $place, 1, "v2.$id.$iv_text.$body" ),
	$bad( 'id in capitals', array( $kek ), $place, 1, 'v1.' . strtoupper( $id ) . ".$iv_text.$body" ),
	$bad( 'padded', array( $kek ), $place, 1, "$sealed=" ),
	$bad( 'base64 and not base64url', array( $kek ), $place, 1, "v1.$id.$iv_text." . strtr( $body, '-_', '+/' ) . '+/' ),
	$bad( 'a line break behind', array( $kek ), $place, 1, "$sealed\n" ),
	$bad( 'a space before', array( $kek ), $place, 1, " $sealed" ),
	$bad( 'the plain text', array( $kek ), $place, 1, $plain ),
	$bad( 'empty', array( $kek ), $place, 1, '' ),
);

foreach ( $vectors as $vector ) {
	$opened = Sealed_Box::from_text( implode( ',', $vector['kek'] ) )->open( $vector['sealed'], $vector['place'], $vector['version'] );
	if ( ( $vector['plain'] ?? null ) !== $opened ) {
		fwrite( STDERR, "{$vector['name']}: not as said\n" );
		exit( 1 );
	}
}
file_put_contents(
	dirname( __DIR__, 2 ) . '/test/cases/secrets/sealed.json',
	json_encode( array( 'vectors' => $vectors ), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) . "\n"
);
