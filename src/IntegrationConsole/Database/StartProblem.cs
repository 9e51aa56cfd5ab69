namespace IntegrationConsole.Database;

/// <summary>
/// Something outside the console keeps it from starting. The message is one sentence for the person at the
/// keyboard and says what to do; it is printed without a stack trace.
/// </summary>
public sealed class StartProblem(string sentence, Exception? inner = null) : Exception(sentence, inner);
