import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestSite } from '../../../support/stack.js';

/** Users with every kind of row, made by WordPress's own functions where it has one. Names are keys of the answer. */
export interface Person {
  readonly id: number;
  readonly login: string;
  readonly email: string;
  /** In clear, in the order in which they were made. */
  readonly passwords: readonly string[];
}

export type People = Readonly<Record<string, Person>>;

const MAKE = `
  require_once ABSPATH . WPINC . '/class-phpass.php';
  require_once ABSPATH . 'wp-admin/includes/user.php';
  if ( is_multisite() ) { require_once ABSPATH . 'wp-admin/includes/ms.php'; }
  $people = array();
  $make = static function ( $key, $login, $email, $passwords = 1 ) use ( &$people, $wpdb ) {
    $id = wp_insert_user( array( 'user_login' => "made-$key", 'user_pass' => wp_generate_password(), 'user_email' => $email, 'role' => 'author' ) );
    $wpdb->update( $wpdb->users, array( 'user_login' => $login ), array( 'ID' => $id ) );
    clean_user_cache( $id );
    $made = array();
    for ( $n = 0; $n < $passwords; ++$n ) {
      list( $made[] ) = WP_Application_Passwords::create_new_application_password( $id, array( 'name' => "Zürich – Büro 🏙 $n" ) );
    }
    $people[ $key ] = array( 'id' => $id, 'login' => $login, 'email' => $email, 'passwords' => $made );
    return $id;
  };
  $hash = static function ( $id, $hash, $extra = array() ) {
    $rows = get_user_meta( $id, '_application_passwords', true );
    foreach ( $rows as $i => $row ) {
      $rows[ $i ] = array_merge( $row, array( 'password' => $hash( $i ) ), $extra );
    }
    update_user_meta( $id, '_application_passwords', $rows );
  };
  $of = static function ( $key, $n = 0 ) use ( &$people ) { return $people[ $key ]['passwords'][ $n ]; };

  $make( 'plain', 'Plain', 'plain@example.org' );
  $make( 'none', 'none', 'none@example.org', 0 );
  $make( 'accent', 'zoe', 'zoe@example.org' );
  $make( 'umlaut', 'jörg', 'joerg@example.org' );
  $make( 'sharp', 'weiß', 'weiss@example.org' );
  $make( 'spelled', 'mueller', 'mueller@example.org' );
  $make( 'spaces', 'two words', 'two@example.org' );
  $make( 'quote', 'quote', "o'brien@example.org" );
  $make( 'address', 'login@example.org', 'other@example.org' );
  $make( 'zero', '0', 'zero@example.org' );
  $make( 'many', 'many', 'many@example.org', 25 );
  $make( 'filtered', 'filtered', 'filtered@example.org' );

  $id = $make( 'gaps', 'gaps', 'gaps@example.org', 4 );
  foreach ( array( 0, 2 ) as $n ) {
    $rows = array_values( WP_Application_Passwords::get_user_application_passwords( $id ) );
    WP_Application_Passwords::delete_application_password( $id, $rows[ 0 === $n ? 0 : 1 ]['uuid'] );
  }
  $id = $make( 'revoked', 'revoked', 'revoked@example.org' );
  WP_Application_Passwords::delete_all_application_passwords( $id );
  $id = $make( 'deleted', 'deleted', 'deleted@example.org' );
  is_multisite() ? wpmu_delete_user( $id ) : wp_delete_user( $id );

  $id = $make( 'phpass', 'phpass', 'phpass@example.org', 3 );
  $hash( $id, fn( $n ) => ( new PasswordHash( 8, true ) )->HashPassword( $of( 'phpass', $n ) ) );
  foreach ( array( '2y', '2a', '2b' ) as $kind ) {
    $id = $make( "bcrypt$kind", "bcrypt$kind", "bcrypt$kind@example.org" );
    $hash( $id, fn() => '$' . $kind . substr( password_hash( $of( "bcrypt$kind" ), PASSWORD_BCRYPT, array( 'cost' => 6 ) ), 3 ) );
  }
  $id = $make( 'broken', 'broken', 'broken@example.org' );
  $hash( $id, fn() => substr( password_hash( $of( 'broken' ), PASSWORD_BCRYPT, array( 'cost' => 4 ) ), 0, 59 ) );
  $id = $make( 'mixed', 'mixed', 'mixed@example.org', 4 );
  $hash( $id, fn( $n ) => 1 === $n ? ( new PasswordHash( 8, true ) )->HashPassword( $of( 'mixed', 1 ) ) : ( 2 === $n ? password_hash( $of( 'mixed', 2 ), PASSWORD_BCRYPT, array( 'cost' => 5 ) ) : get_user_meta( $id, '_application_passwords', true )[ $n ]['password'] ) );

  $id = $make( 'garbage', 'garbage', 'garbage@example.org' );
  $wpdb->update( $wpdb->usermeta, array( 'meta_value' => 'not serialised' ), array( 'user_id' => $id, 'meta_key' => '_application_passwords' ) );
  $id = $make( 'cut', 'cut', 'cut@example.org' );
  $wpdb->query( "UPDATE $wpdb->usermeta SET meta_value = LEFT( meta_value, 120 ) WHERE user_id = $id AND meta_key = '_application_passwords'" );
  $id = $make( 'padded', 'padded', 'padded@example.org' );
  $wpdb->query( "UPDATE $wpdb->usermeta SET meta_value = CONCAT( '  ', meta_value, ' ' ) WHERE user_id = $id AND meta_key = '_application_passwords'" );
  $id = $make( 'twice', 'twice', 'twice@example.org', 1 );
  $wpdb->query( "INSERT INTO $wpdb->usermeta ( user_id, meta_key, meta_value ) VALUES ( $id, '_application_passwords', 'a:0:{}' )" );
  $id = $make( 'lookalike', 'lookalike', 'lookalike@example.org', 1 );
  $wpdb->query( "UPDATE $wpdb->usermeta SET meta_key = '_APPLICATION_passwords' WHERE user_id = $id AND meta_key = '_application_passwords'" );

  $id = $make( 'md5', 'md5', 'md5@example.org' );
  $hash( $id, fn() => md5( $of( 'md5' ) ) );
  $id = $make( 'wp', 'wp', 'wp@example.org' );
  $hash( $id, fn() => '$wp' . password_hash( base64_encode( hash_hmac( 'sha384', $of( 'wp' ), 'wp-sha384', true ) ), PASSWORD_BCRYPT, array( 'cost' => 4 ) ) );
  $id = $make( 'phpbb', 'phpbb', 'phpbb@example.org' );
  $hash( $id, fn() => '$H' . substr( ( new PasswordHash( 8, true ) )->HashPassword( $of( 'phpbb' ) ), 2 ) );
  $id = $make( 'sha', 'sha', 'sha@example.org' );
  $hash( $id, fn() => crypt( $of( 'sha' ), '$6$rounds=1000$saltsalt$' ) );
  $id = $make( 'empty', 'empty', 'empty@example.org' );
  $hash( $id, fn() => function_exists( 'wp_fast_hash' ) ? wp_fast_hash( '' ) : wp_hash_password( '' ) );
  $id = $make( 'expired', 'expired', 'expired@example.org' );
  $hash( $id, fn() => get_user_meta( $id, '_application_passwords', true )[0]['password'], array( 'expires' => time() - 5 ) );
  $id = $make( 'anonymous', 'anonymous', 'anonymous@example.org' );
  $rows = get_user_meta( $id, '_application_passwords', true );
  unset( $rows[0]['uuid'] );
  update_user_meta( $id, '_application_passwords', $rows );
  return $people;`;

const FILTER = `<?php add_filter( 'wp_is_application_passwords_available_for_user', fn( $yes, $user ) => $yes && 'filtered' !== $user->user_login, 10, 2 );`;

/** Also writes an mu-plugin that denies application passwords to the user `filtered`. */
export async function makePeople(site: TestSite): Promise<People> {
  const folder = join(site.path, 'wp-content', 'mu-plugins');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'filter.php'), FILTER);
  return (await site.php(MAKE)) as People;
}
