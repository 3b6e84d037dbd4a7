<?php
/**
 * Constants that WordPress has defined before the plugin is loaded, for PHPStan.
 *
 * @package Chaperone\Bridge
 */

define( 'ABSPATH', __DIR__ . '/' );
