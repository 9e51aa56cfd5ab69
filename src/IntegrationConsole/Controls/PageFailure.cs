namespace IntegrationConsole.Controls;

/// <summary>Why a page has nothing to show.</summary>
/// <param name="Id">Found again in the process's log.</param>
public sealed record PageFailure(string Id, string Sentence);
