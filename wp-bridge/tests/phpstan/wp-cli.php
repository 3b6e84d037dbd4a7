<?php
/**
 * What the plugin uses of WP-CLI (2.11), for PHPStan.
 *
 * @package Chaperone\Bridge
 */

// phpcs:disable

namespace {
	final class WP_CLI {
		/**
		 * @param array<string, mixed> $args
		 */
		public static function add_command( string $name, callable $callable, array $args = array() ): bool {}

		/**
		 * @return never
		 */
		public static function error( string $message ) {}

		/**
		 * @return never
		 */
		public static function halt( int $return_code ) {}

		public static function warning( string $message ): void {}

		public static function log( string $message ): void {}

		public static function line( string $message = '' ): void {}

		/**
		 * @param array<string, mixed> $assoc_args
		 */
		public static function confirm( string $question, array $assoc_args = array() ): void {}
	}
}

namespace WP_CLI\Utils {
	/**
	 * @param array<mixed> $items
	 * @param array<int, string> $fields
	 */
	function format_items( string $format, array $items, array $fields ): void {}
}
