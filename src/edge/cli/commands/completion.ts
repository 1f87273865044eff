/** `cowcheck completion SHELL`: a script that completes commands, options and their choices, made of the program itself. */
import { Argument, type Command, type Option } from 'commander';
import { io } from '../io/io.ts';

const ABOUT = `
Examples:
  source <(cowcheck completion bash)          in ~/.bashrc
  source <(cowcheck completion zsh)           in ~/.zshrc, after compinit
  cowcheck completion fish | source           in ~/.config/fish/config.fish
`;

/** What a command takes. */
interface Completed {
  readonly name: string;
  readonly about: string;
  readonly options: readonly {
    readonly flag: string;
    readonly about: string;
    readonly takesValue: boolean;
    readonly choices: readonly string[];
  }[];
}

/** @param program all commands with their options */
export function defineCompletion(command: Command, program: () => Promise<Command>): void {
  command
    .addArgument(new Argument('<shell>', 'shell to print the script for').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', ABOUT)
    .action(async (shell: keyof typeof SCRIPTS) => io().out(SCRIPTS[shell](completedOf(await program()))));
}

function completedOf(program: Command): Completed[] {
  const ofAll = program.options.filter(({ long }) => long !== '--version');
  return program.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    options: [...command.options, ...ofAll].map((option) => ({
      flag: option.long!,
      about: option.description.replaceAll(/\s+/g, ' '),
      takesValue: option.required || option.optional,
      choices: choicesOf(option),
    })),
  }));
}

const choicesOf = ({ argChoices = [] }: Option): readonly string[] => argChoices;

const words = (all: readonly string[]): string => all.join(' ');

function bash(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, options }) => `    ${name}) options="${words(options.map(({ flag }) => flag))} --help" ;;`);
  const values = commands.flatMap(({ name, options }) =>
    options.filter(({ choices }) => choices.length > 0).map(({ flag, choices }) => `    ${name}:${flag}) choices="${words(choices)}" ;;`),
  );
  const takeFiles = commands.flatMap(({ name, options }) =>
    options.filter(({ takesValue, choices }) => takesValue && choices.length === 0).map(({ flag }) => `${name}:${flag}`),
  );
  return `# Completion of cowcheck for bash, made by: cowcheck completion bash
_cowcheck() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= options= choices= word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) ;; *) command=$word; break ;; esac
  done
  COMPREPLY=()
  if [ -z "$command" ]; then
    mapfile -t COMPREPLY < <(compgen -W "${words(commands.map(({ name }) => name))} --help --version" -- "$current")
    return
  fi
  case $command:$previous in
${values.join('\n')}
    ${takeFiles.join(' | ')}) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
  esac
  case $command in
${cases.join('\n')}
  esac
  if [ -n "$choices" ]; then mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
  elif [[ $current == -* ]]; then mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  else mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _cowcheck cowcheck
`;
}

function zsh(commands: readonly Completed[]): string {
  const list = commands.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}`).join('\n');
  const cases = commands.map(({ name, options }) => {
    const specs = options.map(({ flag, about, takesValue, choices }) => {
      const value = choices.length > 0 ? `: :(${words(choices)})` : takesValue ? ': :_files' : '';
      return quoted(`*${flag}[${about.replaceAll(/[\][\\:]/g, String.raw`\$&`)}]${value}`);
    });
    return `    ${name}) _arguments ${specs.join(' ')} '*: :_files' ;;`;
  });
  return `#compdef cowcheck
# Completion of cowcheck for zsh, made by: cowcheck completion zsh
_cowcheck() {
  local -a commands=(
${list}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _cowcheck cowcheck
`;
}

function fish(commands: readonly Completed[]): string {
  const names = words(commands.map(({ name }) => name));
  return [
    '# Completion of cowcheck for fish, made by: cowcheck completion fish',
    ...commands.map(
      ({ name, about }) => `complete -c cowcheck -f -n "not __fish_seen_subcommand_from ${names}" -a ${name} -d ${forFish(about)}`,
    ),
    ...commands.flatMap(({ name, options }) =>
      options.map(({ flag, about, takesValue, choices }) => {
        const value = choices.length > 0 ? ` -x -a "${words(choices)}"` : takesValue ? ' -r' : '';
        return `complete -c cowcheck -n "__fish_seen_subcommand_from ${name}" -l ${flag.slice(2)}${value} -d ${forFish(about)}`;
      }),
    ),
    '',
  ].join('\n');
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const forFish = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;

const SCRIPTS = { bash, zsh, fish } as const;
