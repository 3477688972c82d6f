import kotlinx.coroutines.*
import kotlinx.coroutines.channels.*
import kotlinx.coroutines.selects.*
import kotlinx.coroutines.test.*

// #region scope
suspend fun brew(tea: String, ms: Long): String {
    delay(ms)
    check(tea != "mint") { "no mint" }
    return "$tea tea"
}

suspend fun scope() {
    try {
        coroutineScope {
            launch { brew("mint", 50) }
            launch { brew("black", 60_000) }
        }
    } catch (error: IllegalStateException) {
        println("failed: ${error.message}")
    }
}
// #endregion scope

// #region async
suspend fun async() = coroutineScope {
    val cups = listOf(async { brew("green", 100) }, async { brew("black", 50) })
    println(cups.awaitAll().joinToString())
}
// #endregion async

// #region supervise
suspend fun supervise() = supervisorScope {
    val mint = async { brew("mint", 50) }
    val black = async { brew("black", 100) }
    for (cup in listOf(mint, black)) {
        println(runCatching { cup.await() }.getOrElse { it.message })
    }
}
// #endregion supervise

// #region timeout
suspend fun timeout() {
    println(withTimeoutOrNull(50) { brew("black", 60_000) } ?: "no tea")
    try {
        withTimeout(50) { brew("black", 60_000) }
    } catch (error: TimeoutCancellationException) {
        println("too slow")
    }
}
// #endregion timeout

// #region cleanup
suspend fun cleanup() = coroutineScope {
    val job = launch {
        try {
            awaitCancellation()
        } finally {
            withContext(NonCancellable) {
                delay(10)
                println("the pot is rinsed")
            }
        }
    }
    delay(20)
    job.cancelAndJoin()
}
// #endregion cleanup

// #region select
suspend fun select() = coroutineScope {
    val orders = Channel<String>(capacity = 2)
    val stop = CompletableDeferred<Unit>()
    launch {
        orders.send("green")
        delay(50)
        stop.complete(Unit)
    }
    var open = true
    while (open) {
        select {
            orders.onReceive { println("order: $it") }
            stop.onAwait { open = false }
            onTimeout(1000) { println("nothing to do") }
        }
    }
}
// #endregion select

// #region test
fun main() = runTest {
    scope()
    async()
    supervise()
    timeout()
    cleanup()
    select()
}
// #endregion test
