namespace IntegrationConsole.Controls;

/// <summary>How something feels: always together with a word and a shape, never by colour alone.</summary>
public enum Tone
{
    Calm,
    Good,
    Warn,
    Bad,
    Info,
}
